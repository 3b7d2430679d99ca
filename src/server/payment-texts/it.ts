import type { PaymentTexts } from './en.ts'

export const it: PaymentTexts = {
  receivedTitle: 'Pagamento ricevuto',
  receivedText:
    'I tuoi crediti saranno sul saldo appena sarà confermato, di solito in pochi istanti. Puoi chiudere questa scheda.',
  canceledTitle: 'Pagamento annullato',
  nothingCharged: 'Non è stato addebitato nulla.',
  unknownTitle: 'Di ritorno dal pagamento',
  unknownText: 'L’esito si vede nel saldo, di solito in pochi istanti.',
  unconfirmedTitle: 'Pagamento non confermato',
  unconfirmedText: 'La tua banca non lo ha confermato. Non è stato addebitato nulla.',
  savedTitle: 'Metodo di pagamento salvato',
  savedText: 'Non è stato addebitato nulla. Puoi chiudere questa scheda.',
  unsavedTitle: 'Nessun metodo di pagamento salvato',
  declinedTitle: 'Pagamento rifiutato',
  declinedText:
    'Il pagamento non è riuscito. Non è stato addebitato nulla: usa un altro metodo di pagamento o chiedi alla tua banca.',
  otherwiseText:
    'È stato pagato un importe diverso dal prezzo, perciò non sono stati aggiunti crediti. Non pagare di nuovo: contatta l’assistenza.',
  underWayTitle: 'Pagamento in corso',
  underWayText: 'I tuoi crediti arriveranno appena sarà confermato.',
  bankText: 'I tuoi crediti arriveranno appena sarà confermato: la tua banca impiega alcuni giorni.',
  refundedTitle: 'Pagamento rimborsato',
  refundedText: 'Il denaro torna da dove è venuto.',
  added: { one: '{n} credito aggiunto', other: '{n} crediti aggiunti' },
  closeTab: 'Puoi chiudere questa scheda.',
  balance: 'Il tuo saldo è {n}. Puoi chiudere questa scheda.',
  receipt: 'Vedi la ricevuta',
  confirmTitle: 'Conferma un pagamento',
  confirmText:
    'La tua banca ti chiede di confermare {sum} per {credits}. Il pagamento è stato richiesto dalla ricarica automatica.',
  confirmTaxed:
    'La tua banca ti chiede di confermare {sum} più imposte per {credits}. Il pagamento è stato richiesto dalla ricarica automatica.',
  credits: { one: '{n} credito', other: '{n} crediti' },
  confirm: 'Conferma il pagamento',
  goOn: 'Continua',
  home: 'Home',
  plans: 'Piani',
}
