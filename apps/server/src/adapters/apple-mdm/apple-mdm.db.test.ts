import { transportContract } from '../../modules/commands/transport.contract.ts';
import { startTransportWorld } from '../transport-world.fixture.ts';

transportContract('PUT /mdm of our own', () => startTransportWorld());
