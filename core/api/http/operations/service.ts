/** The bridge itself. */
import { Version } from '../../resources';
import { type Operation, query } from './shape';

export const service = {
  version: {
    method: 'GET',
    path: '/version',
    summary: 'Versions, for the handshake between client, bridge and store',
    tag: 'bridge',
    query: query({}),
    answers: { 200: { description: 'Versions.', schema: Version } }
  },
  shutdown: {
    method: 'POST',
    path: '/shutdown',
    summary: 'Ends the bridge, so that another version can take over; runs go on under their supervisors',
    tag: 'bridge',
    query: query({}),
    answers: { 202: { description: 'It ends once open requests are answered.', schema: Version } }
  }
} as const satisfies Readonly<Record<string, Operation>>;
