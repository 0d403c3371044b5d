/** Lets people try each request of the service from its welcome page, and shows the answer. Runs in the browser, as it stands here. */

/**
 * Sends what a form holds, by the method that it names, and shows what came back.
 * @param {HTMLFormElement} form - One of the page's forms.
 * @returns {Promise<void>} Settles once the answer is shown.
 */
async function send(form) {
  const method = form.dataset['method'] ?? 'GET'
  const body =
    method === 'GET' || method === 'DELETE' ? null : new URLSearchParams(/** @type {any} */ (new FormData(form)))
  const response = await fetch(form.action, { method, body, headers: { accept: 'application/json' } })
  const redirected = response.redirected ? ' (after a redirect)' : ''
  show(form, `${response.status} ${response.statusText}${redirected}\n${await response.text()}`)
}

/**
 * Shows an answer below its form. As text: an answer repeats what people typed.
 * @param {HTMLFormElement} form - The form that was sent.
 * @param {string} text - What to show.
 */
function show(form, text) {
  const answer = form.nextElementSibling
  if (!(answer instanceof HTMLElement)) return
  answer.textContent = text
  answer.hidden = false
}

for (const form of document.forms) {
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    send(form).catch(() => {
      show(form, 'The service did not answer.')
    })
  })
}
