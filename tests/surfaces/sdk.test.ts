/** Every operation's examples over the SDK. */
import { testExamplesOn } from "./examples.ts";
import { sdk } from "./sdk.ts";

testExamplesOn(sdk);
