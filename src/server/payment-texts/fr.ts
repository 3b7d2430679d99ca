import type { PaymentTexts } from './en.ts'

export const fr: PaymentTexts = {
  receivedTitle: 'Paiement reçu',
  receivedText:
    'Vos crédits seront sur le solde dès qu’il sera confirmé, le plus souvent en quelques instants. Vous pouvez fermer cet onglet.',
  canceledTitle: 'Paiement annulé',
  nothingCharged: 'Rien n’a été débité.',
  unknownTitle: 'Retour du paiement',
  unknownText: 'Le résultat apparaît sur le solde, le plus souvent en quelques instants.',
  unconfirmedTitle: 'Paiement non confirmé',
  unconfirmedText: 'Votre banque ne l’a pas confirmé. Rien n’a été débité.',
  savedTitle: 'Moyen de paiement enregistré',
  savedText: 'Rien n’a été débité. Vous pouvez fermer cet onglet.',
  unsavedTitle: 'Aucun moyen de paiement enregistré',
  declinedTitle: 'Paiement refusé',
  declinedText:
    'Le paiement a échoué. Rien n’a été débité : utilisez un autre moyen de paiement ou contactez votre banque.',
  otherwiseText:
    'Le montant payé n’est pas le prix : aucun crédit n’a été ajouté. Ne payez pas une deuxième fois : contactez l’assistance.',
  underWayTitle: 'Paiement en cours',
  underWayText: 'Vos crédits arriveront dès qu’il sera confirmé.',
  bankText: 'Vos crédits arriveront dès qu’il sera confirmé, ce qui prend quelques jours à votre banque.',
  refundedTitle: 'Paiement remboursé',
  refundedText: 'L’argent retourne là d’où il est venu.',
  added: { one: '{n} crédit ajouté', other: '{n} crédits ajoutés' },
  closeTab: 'Vous pouvez fermer cet onglet.',
  balance: 'Votre solde est de {n}. Vous pouvez fermer cet onglet.',
  receipt: 'Voir le reçu',
  confirmTitle: 'Confirmer un paiement',
  confirmText:
    'Votre banque vous demande de confirmer {sum} pour {credits}. La recharge automatique a demandé ce paiement.',
  confirmTaxed:
    'Votre banque vous demande de confirmer {sum} hors taxes pour {credits}. La recharge automatique a demandé ce paiement.',
  credits: { one: '{n} crédit', other: '{n} crédits' },
  confirm: 'Confirmer le paiement',
  goOn: 'Continuer',
  home: 'Accueil',
  plans: 'Forfaits',
}
