import type { PaymentTexts } from './en.ts'

export const de: PaymentTexts = {
  receivedTitle: 'Zahlung eingegangen',
  receivedText:
    'Deine Credits sind auf dem Guthaben, sobald sie bestätigt ist, meist nach wenigen Augenblicken. Du kannst diesen Tab schließen.',
  canceledTitle: 'Zahlung abgebrochen',
  nothingCharged: 'Es wurde nichts abgebucht.',
  unknownTitle: 'Zurück von der Zahlung',
  unknownText: 'Das Ergebnis zeigt sich am Guthaben, meist nach wenigen Augenblicken.',
  unconfirmedTitle: 'Zahlung nicht bestätigt',
  unconfirmedText: 'Deine Bank hat sie nicht bestätigt. Es wurde nichts abgebucht.',
  savedTitle: 'Zahlungsmethode gespeichert',
  savedText: 'Es wurde nichts abgebucht. Du kannst diesen Tab schließen.',
  unsavedTitle: 'Keine Zahlungsmethode gespeichert',
  declinedTitle: 'Zahlung abgelehnt',
  declinedText:
    'Die Zahlung ist fehlgeschlagen. Es wurde nichts abgebucht: Verwende eine andere Zahlungsmethode oder frage deine Bank.',
  otherwiseText:
    'Es wurde ein anderer Betrag als der Preis bezahlt, deshalb kamen keine Credits hinzu. Bezahle nicht noch einmal: Wende dich an den Support.',
  underWayTitle: 'Zahlung läuft',
  underWayText: 'Deine Credits kommen an, sobald sie bestätigt ist.',
  bankText: 'Deine Credits kommen an, sobald sie bestätigt ist. Das dauert bei deiner Bank einige Tage.',
  refundedTitle: 'Zahlung erstattet',
  refundedText: 'Das Geld geht dorthin zurück, woher es kam.',
  added: { one: '{n} Credit gutgeschrieben', other: '{n} Credits gutgeschrieben' },
  closeTab: 'Du kannst diesen Tab schließen.',
  balance: 'Dein Guthaben beträgt {n}. Du kannst diesen Tab schließen.',
  receipt: 'Beleg ansehen',
  confirmTitle: 'Zahlung bestätigen',
  confirmText:
    'Deine Bank bittet dich, {sum} für {credits} zu bestätigen. Die Auto-Aufladung hat diese Zahlung angefordert.',
  confirmTaxed:
    'Deine Bank bittet dich, {sum} zuzüglich Steuer für {credits} zu bestätigen. Die Auto-Aufladung hat diese Zahlung angefordert.',
  credits: { one: '{n} Credit', other: '{n} Credits' },
  confirm: 'Zahlung bestätigen',
  goOn: 'Weiter',
  home: 'Startseite',
  plans: 'Tarife',
}
