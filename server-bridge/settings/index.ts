export { settingsPath } from './file';
export { readWritten, shown } from './kinds';
export { type Flag, likelyKey, type Resolution, resolveSettings, type SettingProblem, whereOf } from './resolve';
export { type Key, LEAVES, type Settings, SettingsSchema, variableOf } from './schema';
