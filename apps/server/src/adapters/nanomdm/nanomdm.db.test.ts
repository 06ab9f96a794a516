import { transportContract } from '../../modules/commands/transport.contract.ts';
import { startNanoMdmWorld } from './stand-in/nanomdm-world.fixture.ts';

transportContract('NanoMDM', () => startNanoMdmWorld());
