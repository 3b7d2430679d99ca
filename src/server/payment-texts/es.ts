import type { PaymentTexts } from './en.ts'

export const es: PaymentTexts = {
  receivedTitle: 'Pago recibido',
  receivedText:
    'Tus créditos estarán en el saldo en cuanto se confirme, normalmente en unos instantes. Puedes cerrar esta pestaña.',
  canceledTitle: 'Pago cancelado',
  nothingCharged: 'No se ha cobrado nada.',
  unknownTitle: 'De vuelta del pago',
  unknownText: 'El resultado se ve en el saldo, normalmente en unos instantes.',
  unconfirmedTitle: 'Pago no confirmado',
  unconfirmedText: 'Tu banco no lo ha confirmado. No se ha cobrado nada.',
  savedTitle: 'Método de pago guardado',
  savedText: 'No se ha cobrado nada. Puedes cerrar esta pestaña.',
  unsavedTitle: 'No se ha guardado ningún método de pago',
  declinedTitle: 'Pago rechazado',
  declinedText: 'El pago ha fallado. No se ha cobrado nada: usa otro método de pago o consulta a tu banco.',
  otherwiseText:
    'Se ha pagado un importe distinto del precio, por lo que no se han añadido créditos. No pagues otra vez: contacta con el servicio de asistencia.',
  underWayTitle: 'Pago en curso',
  underWayText: 'Tus créditos llegarán en cuanto se confirme.',
  bankText: 'Tus créditos llegarán en cuanto se confirme, lo que le lleva unos días a tu banco.',
  refundedTitle: 'Pago reembolsado',
  refundedText: 'El dinero vuelve al lugar de donde salió.',
  added: { one: '{n} crédito añadido', other: '{n} créditos añadidos' },
  closeTab: 'Puedes cerrar esta pestaña.',
  balance: 'Tu saldo es de {n}. Puedes cerrar esta pestaña.',
  receipt: 'Ver recibo',
  confirmTitle: 'Confirmar un pago',
  confirmText: 'Tu banco te pide que confirmes {sum} por {credits}. La recarga automática ha solicitado este pago.',
  confirmTaxed:
    'Tu banco te pide que confirmes {sum} más impuestos por {credits}. La recarga automática ha solicitado este pago.',
  credits: { one: '{n} crédito', other: '{n} créditos' },
  confirm: 'Confirmar el pago',
  goOn: 'Continuar',
  home: 'Inicio',
  plans: 'Planes',
}
