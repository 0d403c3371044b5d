/** What a script adds to the pages, all of which work without it. Hand-written; runs in the browser as it stands here. */

const { show = '', hide = '', showPassword = '', hidePassword = '' } = document.body.dataset
const SENDING_MS = 10_000 // after that the answer was lost, or was a download: people may try again

/**
 * Puts a button beside a password that shows it, and hides it again before it is sent.
 * @param {HTMLInputElement} input - A field of the type password.
 */
function addReveal(input) {
  const button = document.createElement('button')
  const box = document.createElement('div')
  const turn = (/** @type {boolean} */ isShown) => {
    input.type = isShown ? 'text' : 'password'
    button.textContent = isShown ? hide : show
    button.setAttribute('aria-label', isShown ? hidePassword : showPassword)
  }
  button.type = 'button'
  button.className = 'reveal'
  button.setAttribute('aria-controls', input.id)
  button.addEventListener('click', () => {
    turn(input.type === 'password')
  })
  input.form?.addEventListener('submit', () => {
    turn(false) // browsers remember what stands in fields of the type text
  })
  input.spellcheck = false
  input.autocapitalize = 'none'
  box.className = 'with-reveal'
  input.replaceWith(box)
  turn(false)
  box.append(input, button)
}

/**
 * Says below a new password how much of its length is there.
 * @param {HTMLInputElement} input - A field that names the length in `data-minimum`.
 */
function addLength(input) {
  const { minimum = '', counted = '', enough = '' } = input.dataset
  const text = document.createElement('p')
  text.className = 'length'
  text.setAttribute('role', 'status')
  input.closest('.field')?.append(text)
  input.addEventListener('input', () => {
    const typed = Array.from(input.value.normalize('NFC')).length
    const isEnough = typed >= Number(minimum)
    text.classList.toggle('enough', isEnough)
    text.textContent = typed === 0 ? '' : isEnough ? enough : counted.replace('{typed}', String(typed))
  })
}

/**
 * Lets a form go once, however often its button is pressed.
 * @param {HTMLFormElement} form - Any form that leads to another page.
 */
function sendOnce(form) {
  const release = () => {
    form.removeAttribute('aria-busy')
  }
  form.addEventListener('submit', (event) => {
    if (form.hasAttribute('aria-busy')) event.preventDefault()
    form.setAttribute('aria-busy', 'true')
    setTimeout(release, SENDING_MS)
  })
  addEventListener('pageshow', release) // the browser may bring the page back as it was
}

/**
 * A span as clocks show it, such as `0:07`, `15:00` or `2:05:00`.
 * @param {number} seconds - Whole seconds.
 * @returns {string} Hours only where there are any.
 */
function clockOf(seconds) {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60]
  const twice = (/** @type {number} */ part) => String(part).padStart(2, '0')
  const start = hours === 0 ? String(minutes) : `${String(hours)}:${twice(minutes)}`
  return `${start}:${twice(seconds % 60)}`
}

/**
 * Counts the seconds down until trying again makes sense.
 * @param {HTMLElement} place - What shows the seconds; they stand in `data-wait`.
 */
function countDown(place) {
  const end = performance.now() + Number(place.dataset['wait']) * 1000
  const timer = setInterval(() => {
    const left = Math.ceil((end - performance.now()) / 1000)
    place.textContent = clockOf(left)
    if (left > 0) return
    clearInterval(timer)
    const text = place.parentElement
    if (text?.previousElementSibling?.id === 'refusal') text.previousElementSibling.remove() // it says to wait
    text?.setAttribute('role', 'status')
    text?.replaceChildren(text.dataset['done'] ?? '')
  }, 250)
}

/**
 * Sends what a form of the page for learners holds, by the method that it names, and shows what came back.
 * @param {HTMLFormElement} form - A form with a method of its own.
 * @returns {Promise<void>} Settles once the answer is shown.
 */
async function tryOut(form) {
  const method = form.dataset['method'] ?? 'GET'
  const hasBody = method !== 'GET' && method !== 'DELETE'
  const body = hasBody ? new URLSearchParams(/** @type {any} */ (new FormData(form))) : null
  const response = await fetch(form.action, { method, body, headers: { accept: 'application/json' } })
  const redirected = response.redirected ? ` (${wordsOf(form)['redirected'] ?? ''})` : ''
  showAnswer(form, `${response.status} ${response.statusText}${redirected}\n${await response.text()}`)
}

/**
 * What to say of answers, in the language of the page.
 * @param {HTMLFormElement} form - A form of the page for learners.
 * @returns {DOMStringMap} The words, by their names.
 */
function wordsOf(form) {
  return form.closest('div')?.dataset ?? {}
}

/**
 * Shows an answer below its form. As text: an answer repeats what people typed.
 * @param {HTMLFormElement} form - The form that was sent.
 * @param {string} text - What to show.
 */
function showAnswer(form, text) {
  const answer = form.nextElementSibling
  if (!(answer instanceof HTMLElement)) return
  answer.textContent = text
  answer.hidden = false
}

for (const form of document.forms) {
  if (form.dataset['method'] === undefined) sendOnce(form)
  else
    form.addEventListener('submit', (event) => {
      event.preventDefault()
      tryOut(form).catch(() => {
        showAnswer(form, wordsOf(form)['noAnswer'] ?? '')
      })
    })
}
for (const input of document.querySelectorAll('input')) {
  if (input.type !== 'password') continue
  if (input.dataset['minimum'] !== undefined) addLength(input)
  if (input.form?.dataset['method'] === undefined) addReveal(input)
}
for (const place of document.querySelectorAll('b')) if (place.dataset['wait'] !== undefined) countDown(place)
Array.from(document.querySelectorAll('input'))
  .findLast((input) => input.ariaInvalid === 'true')
  ?.focus()
