/**
 * The first thing of every npm script: where the tools or a new enough Node are missing, one line says what to do, and the exit code is 2.
 * It has to run on old versions of Node too, so it uses only what Node 16 has.
 */
import { existsSync } from 'node:fs'

const OLDEST = { major: 22, minor: 18 }

/** Says in one sentence what keeps the scripts from running, or returns null when nothing does. */
function problem() {
  if (!existsSync(new URL('../node_modules', import.meta.url))) return 'Nothing is installed yet: run `npm ci` first.'
  if (!existsSync(new URL('../node_modules/typescript', import.meta.url))) {
    return 'The tools are not installed, only what production needs: run `npm ci --include=dev` first.'
  }
  if (!isOld(process.versions.node)) return null
  if (existsSync(new URL('../node_modules/.bin/node', import.meta.url))) {
    return `This is Node ${process.versions.node}, which is too old: run the script by npm (\`npm start\`, \`npm test\`), which finds the newer one that is installed here.`
  }
  return `This is Node ${process.versions.node}, and the newer one that comes with the tools was not installed, as install scripts are off: run \`npm rebuild node --ignore-scripts=false\`.`
}

/**
 * Tells whether a version of Node is older than the oldest that we run on.
 * @param {string} version
 */
function isOld(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major < OLDEST.major || (major === OLDEST.major && minor < OLDEST.minor)
}

const found = problem()
if (found !== null) {
  console.error(found)
  process.exit(2)
}
