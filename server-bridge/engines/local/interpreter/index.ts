export { knownPythons, type Version } from './ask';
export { directInterpreter } from './find';
export type { Interpreter } from './interpreter';
export { type KernelPython, kernelPython, ownPrefix } from './kernel-python';
export { type BrokenKernel, installedKernels, type Kernel } from './kernelspec';
