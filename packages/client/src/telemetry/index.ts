export {
  type ClientTelemetry,
  type ClientTelemetryOptions,
  clientTelemetry,
  type WatchedClient,
} from './client-telemetry.ts'
