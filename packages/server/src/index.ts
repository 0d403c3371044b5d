/** The library's public face. */
export { createApp } from './app/app.ts'
export type { AppOptions } from './app/app.ts'
export { sessionTokenOf } from './app/session-token.ts'
export { Auth } from './auth/auth.ts'
export type { Session } from './auth/sessions.ts'
export { DB } from './db/db.ts'
export {
  AuthError,
  DatabaseUnavailable,
  InvalidRequestError,
  NoResultFound,
  SettingsError,
  ValueError,
} from './errors.ts'
export type { AuthErrorCode } from './errors.ts'
export { openService } from './service.ts'
export type { Service, ServiceOptions } from './service.ts'
export type { Preset } from './setting.ts'
export type { Settings, SomeSettings } from './settings.ts'
export { settingsOf } from './settings-list.ts'
export type { User, UserId } from './user.ts'
