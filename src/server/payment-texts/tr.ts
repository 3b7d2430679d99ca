import type { PaymentTexts } from './en.ts'

export const tr: PaymentTexts = {
  receivedTitle: 'Ödeme alındı',
  receivedText:
    'Ödeme onaylanır onaylanmaz kredileriniz bakiyenize eklenir, çoğunlukla birkaç dakika içinde. Bu sekmeyi kapatabilirsiniz.',
  canceledTitle: 'Ödeme iptal edildi',
  nothingCharged: 'Hiçbir tutar alınmadı.',
  unknownTitle: 'Ödemeden dönüş',
  unknownText: 'Sonuç çoğunlukla birkaç dakika içinde bakiyede görünür.',
  unconfirmedTitle: 'Ödeme onaylanmadı',
  unconfirmedText: 'Bankanız ödemeyi onaylamadı. Hiçbir tutar alınmadı.',
  savedTitle: 'Ödeme yöntemi kaydedildi',
  savedText: 'Hiçbir tutar alınmadı. Bu sekmeyi kapatabilirsiniz.',
  unsavedTitle: 'Ödeme yöntemi kaydedilmedi',
  declinedTitle: 'Ödeme reddedildi',
  declinedText: 'Ödeme başarısız oldu. Hiçbir tutar alınmadı: başka bir ödeme yöntemi kullanın veya bankanıza danışın.',
  otherwiseText:
    'Fiyattan farklı bir tutar ödendi, bu yüzden kredi eklenmedi. Yeniden ödeme yapmayın: destek ekibine başvurun.',
  underWayTitle: 'Ödeme sürüyor',
  underWayText: 'Ödeme onaylanır onaylanmaz kredileriniz gelir.',
  bankText: 'Ödeme onaylanır onaylanmaz kredileriniz gelir. Bu, bankanızda birkaç gün sürer.',
  refundedTitle: 'Ödeme iade edildi',
  refundedText: 'Para geldiği yere geri döner.',
  added: { one: '{n} kredi eklendi', other: '{n} kredi eklendi' },
  closeTab: 'Bu sekmeyi kapatabilirsiniz.',
  balance: 'Bakiyeniz {n}. Bu sekmeyi kapatabilirsiniz.',
  receipt: 'Makbuzu görüntüle',
  confirmTitle: 'Ödemeyi onaylayın',
  confirmText: 'Bankanız {credits} için {sum} tutarını onaylamanızı istiyor. Bu ödemeyi otomatik yükleme istedi.',
  confirmTaxed:
    'Bankanız {credits} için {sum} artı vergi tutarını onaylamanızı istiyor. Bu ödemeyi otomatik yükleme istedi.',
  credits: { one: '{n} kredi', other: '{n} kredi' },
  confirm: 'Ödemeyi onayla',
  goOn: 'Devam',
  home: 'Ana sayfa',
  plans: 'Planlar',
}
