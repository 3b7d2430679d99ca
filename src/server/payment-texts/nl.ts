import type { PaymentTexts } from './en.ts'

export const nl: PaymentTexts = {
  receivedTitle: 'Betaling ontvangen',
  receivedText:
    'Je credits staan op je saldo zodra ze is bevestigd, meestal binnen enkele ogenblikken. Je kunt dit tabblad sluiten.',
  canceledTitle: 'Betaling geannuleerd',
  nothingCharged: 'Er is niets afgeschreven.',
  unknownTitle: 'Terug van de betaling',
  unknownText: 'Het resultaat zie je aan je saldo, meestal binnen enkele ogenblikken.',
  unconfirmedTitle: 'Betaling niet bevestigd',
  unconfirmedText: 'Je bank heeft ze niet bevestigd. Er is niets afgeschreven.',
  savedTitle: 'Betaalmethode opgeslagen',
  savedText: 'Er is niets afgeschreven. Je kunt dit tabblad sluiten.',
  unsavedTitle: 'Geen betaalmethode opgeslagen',
  declinedTitle: 'Betaling geweigerd',
  declinedText:
    'De betaling is mislukt. Er is niets afgeschreven: gebruik een andere betaalmethode of vraag het je bank.',
  otherwiseText:
    'Er is een ander bedrag dan de prijs betaald, dus er zijn geen credits toegevoegd. Betaal niet nog een keer: neem contact op met de klantenservice.',
  underWayTitle: 'Betaling in behandeling',
  underWayText: 'Je credits komen zodra ze is bevestigd.',
  bankText: 'Je credits komen zodra ze is bevestigd. Dat duurt bij je bank enkele dagen.',
  refundedTitle: 'Betaling terugbetaald',
  refundedText: 'Het geld gaat terug naar waar het vandaan kwam.',
  added: { one: '{n} credit toegevoegd', other: '{n} credits toegevoegd' },
  closeTab: 'Je kunt dit tabblad sluiten.',
  balance: 'Je saldo is {n}. Je kunt dit tabblad sluiten.',
  receipt: 'Bon bekijken',
  confirmTitle: 'Betaling bevestigen',
  confirmText:
    'Je bank vraagt je {sum} voor {credits} te bevestigen. Automatisch opwaarderen heeft deze betaling aangevraagd.',
  confirmTaxed:
    'Je bank vraagt je {sum} plus belasting voor {credits} te bevestigen. Automatisch opwaarderen heeft deze betaling aangevraagd.',
  credits: { one: '{n} credit', other: '{n} credits' },
  confirm: 'Betaling bevestigen',
  goOn: 'Verder',
  home: 'Startpagina',
  plans: 'Abonnementen',
}
