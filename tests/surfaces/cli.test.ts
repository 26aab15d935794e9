/** Every operation's examples over the command line. */
import { cli } from "./cli.ts";
import { testExamplesOn } from "./examples.ts";

testExamplesOn(cli);
