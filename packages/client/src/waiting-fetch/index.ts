export { type FetchToWaitWith, type WaitingFetchOptions, waitingFetch } from './waiting-fetch.ts'
