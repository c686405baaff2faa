export { explainReceipt, type ReceiptExplanation } from './explain-receipt.ts'
export { type OpenedReceipt, receiptPrefix } from './receipt-sealing.ts'
