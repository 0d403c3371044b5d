/** The pages that tell what went wrong, in French. */
import type { Words } from '../words.ts'

/** The words. */
export const errors: Words['errors'] = {
  400: {
    title: 'La demande est mal arrivée',
    text: 'Quelque chose manque ou est abîmé dans cette demande. Revenez en arrière et réessayez.',
  },
  401: {
    title: 'Connectez-vous d’abord',
    text: 'Aucune session n’est ouverte ici. Connectez-vous, puis réessayez.',
  },
  403: {
    title: 'Accès refusé',
    text: 'Vous ne pouvez pas voir ou faire cela. Si votre session est terminée, connectez-vous d’abord.',
  },
  404: {
    title: 'Rien ici',
    text: 'Il n’y a pas de page à cette adresse. Elle est peut-être mal écrite, ou la page a changé de place.',
  },
  405: {
    title: 'Ce n’est pas une page',
    text: 'Cette adresse sert aux formulaires et aux programmes. Elle ne montre rien par elle-même.',
  },
  413: { title: 'Trop à la fois', text: 'C’est plus que ce que nous acceptons. Revenez en arrière et envoyez moins.' },
  421: {
    title: 'Mauvaise adresse',
    text: 'Ce service ne porte pas ce nom. Vérifiez l’adresse, ou demandez à ceux qui vous l’ont donnée.',
  },
  429: {
    title: 'Trop d’essais',
    text: 'Pour protéger les comptes, il faut attendre un peu avant de réessayer.',
  },
  500: {
    title: 'Quelque chose a mal tourné',
    text: 'C’est notre faute, pas la vôtre. Réessayez\u00a0; si cela persiste, prévenez ceux qui gèrent ce service.',
  },
  503: {
    title: 'Un instant, s’il vous plaît',
    text: 'Le service ne peut pas répondre en ce moment. Réessayez dans un instant\u00a0; si vous étiez en train de changer quelque chose, regardez d’abord si c’est fait.',
  },
  other: { title: 'Cela n’a pas fonctionné', text: 'Revenez en arrière et réessayez.' },
  foreign: {
    title: 'Cela vient d’un autre site',
    text: 'Pour votre sécurité, nous ne l’acceptons que de nos propres pages. Rien n’a été changé. Ouvrez la page ici et réessayez.',
  },
  wait: 'Vous pourrez réessayer dans',
  seconds: (seconds) => (seconds < 2 ? `${seconds} seconde` : `${seconds} secondes`),
  minutes: (minutes) => (minutes < 2 ? `${minutes} minute` : `${minutes} minutes`),
  hours: (hours) => (hours < 2 ? `${hours} heure` : `${hours} heures`),
  now: 'Vous pouvez réessayer maintenant.',
  again: 'Réessayer',
  home: 'Vers la page d’accueil',
  number: (id) => `Si vous demandez de l’aide, donnez ce numéro\u00a0: ${id}`,
}
