/** The judge of pages, judged: on a page where everything is wrong it finds each fault, and on a good one none. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Browser, Page } from 'playwright-core'
import { startChromium } from './chromium.ts'
import { axeFinds, formFaults, keyboardMisses, leadsTo, moves, sticksOut, textsOf } from './judge.ts'

const GOOD = `<!doctype html><html lang="en"><head><title>Good</title>
  <style>:focus-visible { outline: 3px solid blue } a, button { display: block; min-height: 2rem }</style></head>
  <body><main><h1>Good</h1><a href="https://a.test/">There</a>
  <form method="post" action="https://a.test/x"><label for="e">Email</label><input id="e" type="email" autocomplete="username"><button>Go</button></form></main></body></html>`
const BAD = `<!doctype html><html><head><title></title>
  <style>:focus-visible { outline: none } .wide { width: 2000px; transition: color 1s }</style></head>
  <body><div class="wide" tabindex="0">Wide</div><a href="https://a.test/" tabindex="2">Second</a><a href="https://b.test/" tabindex="1">First</a>
  <form><input type="password" value="secret" aria-invalid="true"><input type="email" aria-describedby="nothing"></form></body></html>`

let browser: Browser
let page: Page

beforeAll(async () => {
  browser = await startChromium()
  page = await browser.newPage()
})
afterAll(async () => {
  await browser.close()
})

test('a good page has no faults', async () => {
  await page.setContent(GOOD)
  expect(await axeFinds(page)).toEqual([])
  for (const find of [sticksOut, keyboardMisses, formFaults, moves]) expect(await find(page), find.name).toEqual([])
  const { links, forms } = await leadsTo(page)
  expect([links, forms]).toEqual([['https://a.test/'], [{ method: 'post', path: 'https://a.test/x' }]])
  expect(await textsOf(page)).toEqual(['Good', 'Good', 'There', 'Email', 'Go'])
})

test('each fault of a bad page is found', async () => {
  await page.setContent(BAD)
  expect((await axeFinds(page)).join()).toMatch(/html-has-lang.*label/s)
  expect((await sticksOut(page)).join()).toContain('class="wide"')
  expect((await moves(page)).join()).toContain('class="wide"')
  const missed = (await keyboardMisses(page)).join('\n')
  for (const fault of ['in another order', 'not a control', 'the focus is not seen']) expect(missed).toContain(fault)
  const faults = (await formFaults(page)).join('\n')
  const expected = [
    'no label',
    'no autocomplete',
    'shown again',
    'by nothing',
    'without a word',
    'not a POST',
    'no button',
  ]
  for (const fault of expected) expect(faults).toContain(fault)
})

test('a control that the keyboard never reaches is found', async () => {
  const trap = `<button onkeydown="event.preventDefault()">Trap</button>`
  await page.setContent(GOOD.replace('<main>', `<main>${trap}`))
  expect((await keyboardMisses(page)).join('\n')).toContain('not reached: <a')
})
