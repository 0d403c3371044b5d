/** Every control that `npm run test:teeth` takes out, room by room. */
import { accounts } from './accounts.js'
import { answers } from './answers.js'
import { audit } from './audit.js'
import { bodies } from './bodies.js'
import { clearing } from './clearing.js'
import { comingFrom } from './coming-from.js'
import { cookies } from './cookies.js'
import { flooding } from './flooding.js'
import { foreignHashes } from './foreign-hashes.js'
import { frontDoor } from './front-door.js'
import { guessing } from './guessing.js'
import { house } from './house.js'
import { letters } from './letters.js'
import { login } from './login.js'
import { moving } from './moving.js'
import { passwords } from './passwords.js'
import { presets } from './presets.js'
import { reset } from './reset.js'
import { seals } from './seals.js'
import { sessions } from './sessions.js'
import { settings } from './settings.js'
import { tokens } from './tokens.js'
import { verification } from './verification.js'
import { workers } from './workers.js'

/**
 * A control, and how to take it out.
 * @typedef {object} Control
 * @property {string} name What holds as long as it is there, as a sentence.
 * @property {string} file Where it is, from packages/server/src.
 * @property {string} remove The text that it is; it stands there once.
 * @property {string} put What stands in its place without it: code that still loads.
 * @property {readonly string[]} tests The files of the tests that hold it, from packages/server/test.
 * @property {string} [only] A piece of the title of the test in them that holds it.
 * @property {boolean} [isBuilt] Whether the tests run the built program.
 */

/**
 * The controls, by what they guard.
 * @type {Readonly<Record<string, readonly Control[]>>}
 */
export const CONTROLS = {
  'the front door': frontDoor,
  answers,
  bodies,
  'cookies and ways on': cookies,
  'tokens and links': tokens,
  sessions,
  'logging in': login,
  passwords,
  'moving in and out': moving,
  'password hashes from elsewhere': foreignHashes,
  'forgotten passwords': reset,
  'emails and their owners': verification,
  letters,
  accounts,
  'presets and pages for learners': presets,
  guessing,
  flooding,
  'the audit': audit,
  'the seals of the audit': seals,
  'moving house': house,
  'coming from other products': comingFrom,
  'clearing away': clearing,
  'several processes': workers,
  settings,
}
