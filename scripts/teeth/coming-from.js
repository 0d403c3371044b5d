/** Controls of what is read from other products. */

/** @type {readonly import('./controls.js').Control[]} */
export const comingFrom = [
  {
    name: 'an object of a large document is read up to a length only',
    file: 'moving/json-list.ts',
    remove: 'const LONGEST_OBJECT = 1024 * 1024',
    put: 'const LONGEST_OBJECT = 1024 * 1024 * 1024',
    tests: ['import-products-odd.test.ts'],
    only: 'a damaged row is refused by itself',
  },
  {
    name: 'a document that ends in its middle is not read',
    file: 'moving/json-list.ts',
    remove: "if (!this.#ended) throw new UnreadableSource('the file ends in the middle: it is no whole JSON document')",
    put: '',
    tests: ['import-products-odd.test.ts'],
    only: 'that ends in its middle',
  },
  {
    name: 'a password that somebody else chose in Keycloak stays there',
    file: 'moving/keycloak.ts',
    remove: '...(mustChange ? {} : passwordOf(credentials)),',
    put: '...passwordOf(credentials),',
    tests: ['import-products-odd.test.ts'],
    only: 'one that had to be changed does not come along',
  },
  {
    name: 'two hashes of Auth0 under one name are nobody’s',
    file: 'moving/auth0-hashes.ts',
    remove: '(values.length === 1 ? values : [])',
    put: '(values.slice(0, 1))',
    tests: ['import-products-odd.test.ts'],
    only: 'where two hashes have one name',
  },
  {
    name: 'a hash of Auth0 belongs to one connection',
    file: 'moving/auth0-hashes.ts',
    remove: '[nameOf(connection, id)]',
    put: '[nameOf(null, id)]',
    tests: ['import-products-odd.test.ts'],
    only: 'a password belongs to the account of its connection',
  },
]
