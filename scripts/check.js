/** Runs every check of the repository, two at a time, and ends with 1 if any of them failed. */
import './guard.js'
import { build, checks, passes, passesEach } from './steps.js'

const isBuilt = await passes(build)
const passed = await passesEach(checks())
process.exitCode = isBuilt && !passed.includes(false) ? 0 : 1
