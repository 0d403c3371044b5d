/** The inbox for development, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const inbox: Words['inbox'] = {
  title: 'Boîte de réception',
  lead: 'Aucun serveur de messagerie n’est configuré\u00a0: les messages de ce service arrivent ici, le plus récent d’abord. Les 200 derniers sont gardés.',
  warning:
    'Ils sont en clair dans la base de données, avec des liens qui marchent\u00a0: qui peut ouvrir cette page peut les suivre. Cette page sert au développement\u00a0; elle n’existe que dans le préréglage classic, sur cette machine.',
  again: 'Actualiser',
  home: 'Page d’accueil',
  empty: 'Pas encore de message.',
  to: 'À',
  html: 'En HTML, où ses liens ne font rien',
  letter: (id) => `Le message ${id} en HTML`,
}
