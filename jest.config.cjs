// Tests stand beside the idea they test (core/, server-bridge/) or, when they need several parts, in tests/.
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/core', '<rootDir>/server-bridge', '<rootDir>/src', '<rootDir>/tests'],
  testMatch: ['**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/cellway/', '<rootDir>/.venv/'],
  moduleNameMapper: {
    '^@cellway/core$': '<rootDir>/core/index.ts',
    '^@cellway/core/(.*)$': '<rootDir>/core/$1/index.ts'
  },
  transform: {
    '^.+\\.m?[tj]s$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'commonjs' } }
    ]
  },
  // These have no CommonJS form.
  transformIgnorePatterns: ['/node_modules/(?!typebox/|toml-eslint-parser/)'],
  testTimeout: 60000
};
