/** Keeps the page at /backstage up to date, request by request. Runs in the browser, as it stands here. */

const MOST = 20
const list = /** @type {HTMLElement} */ (document.getElementById('requests'))
const state = /** @type {HTMLElement} */ (document.getElementById('state'))
const pause = /** @type {HTMLButtonElement} */ (document.getElementById('pause'))

/** @type {Map<string, Element>} What came in while the page was paused, the newest state of each request. */
const waiting = new Map()

/**
 * Says in a line how the page stands.
 * @param {string} text - The line.
 */
function say(text) {
  if (state.textContent !== text) state.textContent = text
}

/** Whether the reader asked for a pause. */
function isPaused() {
  return pause.getAttribute('aria-pressed') === 'true'
}

/**
 * Puts a request where it belongs: in its own place if it is there, or on top. What the reader had folded stays folded.
 * @param {Element} fresh - The request as it is now, made by the service, which has escaped all that strangers sent.
 */
function place(fresh) {
  const old = document.getElementById(fresh.id)
  const folded = [...(old?.querySelectorAll('details') ?? [])].map(({ open }) => !open)
  fresh.querySelectorAll('details').forEach((details, index) => (details.open = folded[index] !== true))
  if (old === null) list.prepend(fresh)
  else old.replaceWith(fresh)
  while (list.children.length > MOST) list.lastElementChild?.remove()
}

/** Shows how many requests came, and those that waited. */
function refresh() {
  if (!isPaused()) {
    for (const fresh of waiting.values()) place(fresh)
    waiting.clear()
  }
  if (isPaused()) say(`Paused; ${waiting.size} requests wait.`)
  else say(list.children.length === 0 ? 'Watching. Nothing yet: send a request.' : 'Watching. The newest is on top.')
}

const events = new EventSource(`${location.pathname.replace(/\/$/, '')}/events`)
events.addEventListener('begin', () => {
  waiting.clear()
  list.replaceChildren() // the service tells all that it has kept: after a new start that is nothing
  refresh()
})
events.addEventListener('request', ({ data }) => {
  const article = new DOMParser().parseFromString(String(data), 'text/html').querySelector('article')
  if (article === null) return
  waiting.set(article.id, article)
  refresh()
})
events.addEventListener('error', () => {
  say('The service does not answer. Trying again.')
})

pause.hidden = false
document.getElementById('by-hand')?.remove()
pause.addEventListener('click', () => {
  pause.setAttribute('aria-pressed', String(!isPaused()))
  refresh()
})
