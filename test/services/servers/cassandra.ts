import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newHome, type Server, startServer } from './server.js';
import { findJava, findMaven, freePorts, projectRoot } from './tools.js';

const VERSION = '5.0.9';

const OPENED = [
  'java.base/java.io',
  'java.base/java.lang',
  'java.base/java.lang.reflect',
  'java.base/java.util',
  'java.base/jdk.internal.ref',
  'java.base/sun.nio.ch',
];

/** Where the jars are kept between runs. */
function jarFolder(): string {
  return join(projectRoot(), '.build', 'services', `cassandra-${VERSION}`);
}

/** Whether Maven is not needed any more. */
export function isCassandraFetched(): boolean {
  return existsSync(join(jarFolder(), '.complete'));
}

/** Fetches Cassandra's jars from Maven Central where they are not there yet. @throws MissingTool no Maven */
export function fetchCassandra(say: (line: string) => void): string {
  const folder = jarFolder();
  if (isCassandraFetched()) return folder;
  const maven = findMaven();
  say(`fetching Cassandra ${VERSION} from Maven Central (67 MB, once)`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const pom = join(projectRoot(), 'test/services/servers/cassandra-pom.xml');
  const goal = ['dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${folder}`];
  const done = spawnSync(maven, ['-B', '-q', '-f', pom, ...goal], {
    stdio: ['ignore', 'ignore', 'inherit'],
    timeout: 600_000,
  });
  if (done.status !== 0)
    throw new Error(
      `Maven could not fetch Cassandra ${VERSION} (${done.error?.message ?? `exit code ${done.status}`})`,
    );
  writeFileSync(join(folder, '.complete'), '');
  return folder;
}

/** Starts one real Cassandra node (data centre `datacenter1`, no authentication), ready in 5 to 15 s.
 * @param forThroughput let Java compile well, which costs a core for the first minute; else quickly
 * @throws MissingTool no Java or Maven */
export async function startCassandra(say: (line: string) => void = () => {}, forThroughput = false): Promise<Server> {
  const java = findJava();
  const jars = fetchCassandra(say);
  const [port, storagePort] = (await freePorts(2)) as [number, number];
  const home = newHome('cassandra');
  mkdirSync(join(home, 'tmp'));
  writeFileSync(join(home, 'cassandra.yaml'), configuration(home, port, storagePort));
  writeFileSync(join(home, 'logback.xml'), LOGBACK);
  const heap = process.env['MEMOFRAME_CASSANDRA_HEAP'] ?? '512m';
  const server = await startServer({
    name: 'cassandra',
    command: [
      java,
      `-Xms${heap}`,
      `-Xmx${heap}`,
      '-XX:+UseSerialGC',
      ...(forThroughput ? [] : ['-XX:TieredStopAtLevel=1']),
      '-XX:+ExitOnOutOfMemoryError',
      '--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED',
      ...OPENED.map((name) => `--add-opens=${name}=ALL-UNNAMED`),
      `-Djava.io.tmpdir=${join(home, 'tmp')}`,
      `-Dlogback.configurationFile=${join(home, 'logback.xml')}`,
      '-Dcassandra-foreground=yes',
      `-Dcassandra.config=file://${join(home, 'cassandra.yaml')}`,
      `-Dcassandra.storagedir=${home}`,
      '-Dcassandra.ring_delay_ms=0',
      '-Dcassandra.skip_wait_for_gossip_to_settle=0',
      '-Dcassandra.shutdown_announce_in_ms=0',
      '-cp',
      join(jars, '*'),
      'org.apache.cassandra.service.CassandraDaemon',
    ],
    home,
    port,
    readyText: 'CassandraDaemon Startup complete',
    readyWithinS: 180,
    stopSignal: 'SIGTERM',
  });
  say(`cassandra ${VERSION} on port ${port}, process ${server.pid}, ready after ${server.readyAfterS.toFixed(1)} s`);
  return server;
}

function configuration(home: string, port: number, storagePort: number): string {
  return `cluster_name: test
partitioner: org.apache.cassandra.dht.Murmur3Partitioner
endpoint_snitch: SimpleSnitch
listen_address: 127.0.0.1
rpc_address: 127.0.0.1
storage_port: ${storagePort}
native_transport_port: ${port}
seed_provider:
  - class_name: org.apache.cassandra.locator.SimpleSeedProvider
    parameters:
      - seeds: "127.0.0.1:${storagePort}"
num_tokens: 1
auto_bootstrap: false
auto_snapshot: false
commitlog_sync: periodic
commitlog_sync_period: 10000ms
data_file_directories: ["${home}/data"]
commitlog_directory: ${home}/commitlog
saved_caches_directory: ${home}/saved_caches
hints_directory: ${home}/hints
`;
}

/** Without a configuration of its own, logback prints every DEBUG line. */
const LOGBACK = `<configuration>
  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{0} %msg%n</pattern></encoder>
  </appender>
  <root level="INFO"><appender-ref ref="OUT"/></root>
</configuration>
`;
