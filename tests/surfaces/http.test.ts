/** Every operation's examples over HTTP. */
import { testExamplesOn } from "./examples.ts";
import { http } from "./http.ts";

testExamplesOn(http);
