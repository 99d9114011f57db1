import { messageOf } from '../core/errors.js';
import type { Logger } from '../core/logger.js';
import type { ModelCatalogue } from '../inference/contracts.js';
import type { Ledger } from '../ledger/ledger.js';
import type { LedgerWriter } from '../ledger/writer.js';
import type { LedgerExportUseCase } from './contracts.js';

export interface LedgerExportOptions {
  readonly ledger: Pick<Ledger, 'scan'>;
  readonly writer: Pick<LedgerWriter, 'flush'>;
  readonly catalogue: Pick<ModelCatalogue, 'get'>;
  readonly logger: Logger;
}

/** Gives the ledger of a model out, for analysis elsewhere. */
export function createLedgerExport({ ledger, writer, catalogue, logger }: LedgerExportOptions): LedgerExportUseCase {
  return {
    async open(query) {
      catalogue.get(query.model);
      try {
        await writer.flush();
      } catch (error) {
        // A ledger that cannot be written now can still be read.
        logger.warn({ err: messageOf(error) }, 'buffered predictions could not be written before the export');
      }
      return ledger.scan(query);
    },
  };
}
