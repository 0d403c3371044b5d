/** The inbox for development, in English. */

/** The words. */
export const inbox = {
  title: 'Inbox',
  lead: 'No mail server is set, so the letters of this service end here, the latest first. The last 200 are kept.',
  warning:
    'They lie in the database in the clear, with links that work: whoever can open this page can follow them. It is for development, and is only there in the preset classic on this machine.',
  again: 'Load again',
  home: 'Welcome page',
  empty: 'No letter yet.',
  to: 'To',
  html: 'As HTML, where its links do nothing',
  letter: (id: number): string => `Letter ${id} as HTML`,
}
