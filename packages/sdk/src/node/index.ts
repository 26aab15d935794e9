// Everything of the neutral entry; `Signalbox` is the one below
export * from "../index.ts";
// Cursors that outlive the process
export { fileCursorStore } from "./file-cursor-store.ts";
// The client, able to find its hub
export {
  type HubAddress,
  hubHome,
  hubUrl,
  localUrl,
  profilesPath,
  readEnvironment,
  readProfile,
  type Surroundings,
} from "./settings.ts";
export { type LocalOptions, Signalbox } from "./signalbox.ts";
