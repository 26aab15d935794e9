// Proof that an own router keeps the contract of StreamRouter
export {
  type ConformanceOptions,
  type MakeRouter,
  type RouterCase,
  routerConformance,
} from "./router-conformance.ts";
