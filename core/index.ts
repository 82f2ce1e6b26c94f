export * from './api';
export * from './notebook';
export * from './pipeline';
