export type { Interpreter } from './interpreter';
export { directInterpreter, findInterpreter, installedKernels, type Kernel } from './kernelspec';
