/** The frame of every page: head, the name of the service, what the page shows, and a foot with the language. */
import type { ComponentChildren, VNode } from 'preact'
import type { Frame } from './frame.ts'
import { LANGUAGE_NAMES } from './words/language.ts'
import { LANGUAGES } from './words/words.ts'

/** What a page gives to its layout. */
export interface LayoutProps {
  readonly frame: Frame
  /** What the page is about; the name of the service is put behind it. */
  readonly title: string
  /** Whether the last try was refused: the title then begins with it, because it is what screen readers say first. */
  readonly isRefused?: boolean
  /** Whether the page takes more room than a form does. */
  readonly isWide?: boolean
  readonly children: ComponentChildren
}

/** Head and body around what a page shows. */
export const Layout = ({ frame, title, isRefused = false, isWide = false, children }: LayoutProps): VNode => {
  const { words, language, style, notice } = frame
  return (
    <html lang={language}>
      <Head frame={frame} title={isRefused ? frame.words.shell.notYet(title) : title} />
      <body
        data-show={words.fields.show}
        data-hide={words.fields.hide}
        data-show-password={words.fields.showPassword}
        data-hide-password={words.fields.hidePassword}
      >
        <a class="skip" href="#main">
          {words.shell.skip}
        </a>
        <Header frame={frame} />
        <main id="main" class={isWide ? 'wide' : undefined}>
          {notice !== null && (
            <p class="notice" role="status">
              {words.notices[notice]}
            </p>
          )}
          {children}
        </main>
        {'href' in style && <Footer frame={frame} />}
      </body>
    </html>
  )
}

/** What stands before the page: its title, and where its style and script are. */
const Head = ({
  frame: { nonce, style, script, brand },
  title,
}: {
  readonly frame: Frame
  readonly title: string
}): VNode => (
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <meta name="color-scheme" content="light dark" />
    <title>{title === brand.name ? title : `${title} · ${brand.name}`}</title>
    {'href' in style ? (
      <>
        <link rel="stylesheet" href={style.href} nonce={nonce} />
        <script type="module" src={script} nonce={nonce} />
      </>
    ) : (
      <style nonce={nonce} dangerouslySetInnerHTML={{ __html: style.text }} />
    )}
  </head>
)

/** The name of the service, and the way out for whoever is signed in. [ASVS 7.4.4] */
const Header = ({ frame: { words, home, brand, user } }: { readonly frame: Frame }): VNode => (
  <header class="top">
    <a class="brand" href={home}>
      {brand.logo === null ? (
        <span class="mark" aria-hidden="true">
          {Array.from(brand.name)[0]}
        </span>
      ) : (
        <img src={brand.logo} alt="" height="32" />
      )}
      <span>{brand.name}</span>
    </a>
    {user !== null && (
      <nav aria-label={words.shell.navigation}>
        <a href={`${home}account`} title={words.shell.signedInAs(user.email)}>
          {words.shell.account}
        </a>
        <form method="post" action={`${home}logout`}>
          <button class="quiet">{words.shell.logOut}</button>
        </form>
      </nav>
    )}
  </header>
)

/** The choice of the language: each in its own name. */
const Footer = ({ frame: { words, language, home, path } }: { readonly frame: Frame }): VNode => (
  <footer class="foot">
    <form method="post" action={`${home}language`} aria-label={words.shell.language}>
      <input type="hidden" name="back" value={path} />
      {LANGUAGES.map((one) => (
        <button
          key={one}
          class="quiet"
          name="language"
          value={one}
          lang={one}
          aria-current={one === language ? 'true' : undefined}
        >
          {LANGUAGE_NAMES[one]}
        </button>
      ))}
    </form>
  </footer>
)
