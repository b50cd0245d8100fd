// Opening pages the way a person does, and what must hold on every one of them.
import assert from 'node:assert/strict';
import { looks } from './portal.mjs';

/** A page of its own context. What the browser complains about is collected in `page.complaints`. */
export async function visit(browser, address, { look = 'light', javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({ ...looks[look], javaScriptEnabled });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  page.complaints = [];
  page.on('pageerror', error => {
    // A busy machine gives up animating from page to page; nothing is lost.
    if (!/^Transition was/.test(error.message)) page.complaints.push(`error: ${error.message}`);
  });
  page.on('console', message => {
    // The browser reports a page's own status as an error too; tests look at statuses themselves.
    if (message.type() === 'error' && !/status of 404/.test(message.text())) page.complaints.push(message.text());
  });
  page.answer = await page.goto(address, { waitUntil: 'load' });
  return page;
}

/** Visits, lets `body` look, and closes everything; the browser must have had nothing to complain about. */
export async function visiting(browser, address, options, body) {
  const page = await visit(browser, address, options);
  try {
    const result = await body(page);
    assert.deepEqual(page.complaints, [], `complaints on ${address}`);
    return result;
  } finally {
    await page.context().close();
  }
}

/** Uses a control that leads to another form of the same page, in place or, without JavaScript, by loading it. */
export async function turn(page, control) {
  const before = page.url();
  await control.click();
  await page.waitForURL(address => address.href !== before);
}

/** How many pixels the page can be scrolled sideways. */
export function overhang(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

// Elements of SVG have no inner text.
const read = element => (element.innerText ?? element.textContent).replace(/\s+/g, ' ').trim();

/** The text of an element as it is read, with single spaces. */
export function text(page, selector) {
  return page.locator(selector).first().evaluate(read);
}

/** Texts of all elements, with single spaces. */
export function texts(page, selector) {
  return page.locator(selector).evaluateAll(elements =>
    elements.map(element => (element.innerText ?? element.textContent).replace(/\s+/g, ' ').trim()),
  );
}

/** What has the focus: its text or label. */
export function focused(page) {
  return page.evaluate(() => {
    const element = document.activeElement;
    return (element.getAttribute('aria-label') ?? element.textContent).replace(/\s+/g, ' ').trim();
  });
}
