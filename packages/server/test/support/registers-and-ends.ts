/** A script as a learner writes it: it opens, registers, checks, and closes nothing. */
import { Auth, DB } from 'bienvenue'

const auth = new Auth(await DB.open(process.argv[2] ?? ''))
const { email } = await auth.registerUser('bob@example.com', 'MyPwdOfBob')
console.log(email, await auth.validLogin(email, 'MyPwdOfBob'))
