/** Ends what a hub with a shared runtime leaves running. */
import { openHome } from "../../store/home.ts";
import { lockHome } from "../../store/hub-lock.ts";
import { SharedProcess } from "./shared-process.ts";

/**
 * Ends the shared app-server of a home folder: its turns are interrupted, its open questions end with
 * the next hub. False when none was there. Rejects with `home_in_use` while a hub runs on the home,
 * since that hub would start it again.
 */
export async function stopSharedRuntime(folder: string): Promise<boolean> {
  const home = openHome(folder);
  const lock = lockHome(home, "runtime stop");
  try {
    return await new SharedProcess({ home }).stop();
  } finally {
    lock.release();
  }
}
