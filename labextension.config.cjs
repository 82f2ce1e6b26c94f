// What jupyter-builder's rspack needs besides its own: TypeScript from the sources, the core beside them.
const path = require('node:path');

module.exports = {
  resolve: {
    extensions: ['.ts', '.tsx', '.js'],
    alias: {
      '@cellway/core$': path.join(__dirname, 'core/index.ts'),
      '@cellway/core': path.join(__dirname, 'core')
    }
  },
  module: {
    rules: [
      {
        test: /\.tsx?$/,
        loader: 'builtin:swc-loader',
        options: {
          jsc: { parser: { syntax: 'typescript', tsx: true }, transform: { react: { runtime: 'automatic' } }, target: 'es2022' }
        },
        type: 'javascript/auto'
      }
    ]
  }
};
