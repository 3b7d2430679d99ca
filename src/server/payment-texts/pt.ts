import type { PaymentTexts } from './en.ts'

export const pt: PaymentTexts = {
  receivedTitle: 'Pagamento recebido',
  receivedText:
    'Seus créditos estarão no saldo assim que ele for confirmado, em geral em instantes. Você pode fechar esta aba.',
  canceledTitle: 'Pagamento cancelado',
  nothingCharged: 'Nada foi cobrado.',
  unknownTitle: 'De volta do pagamento',
  unknownText: 'O resultado aparece no saldo, em geral em instantes.',
  unconfirmedTitle: 'Pagamento não confirmado',
  unconfirmedText: 'Seu banco não o confirmou. Nada foi cobrado.',
  savedTitle: 'Método de pagamento salvo',
  savedText: 'Nada foi cobrado. Você pode fechar esta aba.',
  unsavedTitle: 'Nenhum método de pagamento salvo',
  declinedTitle: 'Pagamento recusado',
  declinedText: 'O pagamento falhou. Nada foi cobrado: use outro método de pagamento ou fale com seu banco.',
  otherwiseText:
    'Foi pago um valor diferente do preço, por isso nenhum crédito foi adicionado. Não pague de novo: fale com o suporte.',
  underWayTitle: 'Pagamento em andamento',
  underWayText: 'Seus créditos chegarão assim que ele for confirmado.',
  bankText: 'Seus créditos chegarão assim que ele for confirmado, o que leva alguns dias no seu banco.',
  refundedTitle: 'Pagamento reembolsado',
  refundedText: 'O dinheiro volta para onde veio.',
  added: { one: '{n} crédito adicionado', other: '{n} créditos adicionados' },
  closeTab: 'Você pode fechar esta aba.',
  balance: 'Seu saldo é {n}. Você pode fechar esta aba.',
  receipt: 'Ver recibo',
  confirmTitle: 'Confirmar um pagamento',
  confirmText: 'Seu banco pede que você confirme {sum} por {credits}. A recarga automática solicitou este pagamento.',
  confirmTaxed:
    'Seu banco pede que você confirme {sum} mais impostos por {credits}. A recarga automática solicitou este pagamento.',
  credits: { one: '{n} crédito', other: '{n} créditos' },
  confirm: 'Confirmar o pagamento',
  goOn: 'Continuar',
  home: 'Início',
  plans: 'Planos',
}
