//! A request over HTTP on loopback with kept connections: the service beside a bare actix-web handler that reads the
//! same JSON with serde and answers a constant body of the same size. Both are loaded in turn by the same client, on the
//! same two cores, so what counts is the ratio that is printed at the end.

#![expect(
    clippy::expect_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a bench stops at the first surprise and prints what it measured"
)]

#[path = "support/answer.rs"]
mod answer;

use std::hint::black_box;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread;
use std::time::Duration;

use actix_web::{App, HttpResponse, HttpServer, rt, web};
use criterion::{BenchmarkId, Criterion, Throughput};
use greenlane::archive::RollOptions;
use greenlane::clock::{self, Stopwatch};
use greenlane::declaration::Moment;
use greenlane::journal::{Durability, Options};
use greenlane::policy::PolicySource;
use greenlane::registry::RegistrySource;
use greenlane::service::http::{Connections, Logged, ServeOptions, Settings, serve};
use greenlane::service::{Begin, Between, StartOptions};
use greenlane::supervision::AsOf;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use answer::Answer;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Where an id stands in the template, as wide as the ids that take its place.
const ID: &str = "572020120000103118";
/// Durability, connections and the share of the bare handler's rate that is asked for.
const CASES: [(Durability, usize, f64); 2] = [
    (Durability::Buffered, 64, 0.8),
    (Durability::Fsync, 256, 0.5),
];

/// Every request has an id of its own.
static NEXT: AtomicU64 = AtomicU64::new(1);

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let testing = std::env::args().any(|argument| argument == "--test");
    let template = template();
    for (durability, connections, share) in CASES {
        let folder = std::env::temp_dir().join(format!(
            "greenlane-request-{durability:?}-{}",
            std::process::id()
        ));
        let service = start_service(&folder, durability);
        let answer = rt::System::new().block_on(load(service, &template, 1, 1)).1;
        let bare = start_bare(answer);
        let mut group = criterion.benchmark_group("request");
        group.throughput(Throughput::Elements(1));
        group
            .sample_size(20)
            .measurement_time(Duration::from_secs(10));
        let name = format!("{durability:?}-{connections}").to_lowercase();
        for (what, address) in [("service", service), ("bare", bare)] {
            group.bench_function(BenchmarkId::new(&name, what), |bencher| {
                bencher.iter_custom(|requests| {
                    let loaded = load(address, &template, connections, requests);
                    rt::System::new().block_on(loaded).0
                });
            });
        }
        group.finish();
        let rounds = if testing { 1 } else { 5 };
        let requests = if testing { 512 } else { 40_000 };
        let ratio = ratio(service, bare, (&template, connections, requests), rounds);
        println!(
            "request/{name}: {:.0} % of the bare handler (asked for: {:.0} %)",
            ratio * 100.0,
            share * 100.0
        );
        let _ = std::fs::remove_dir_all(&folder);
    }
    criterion.final_summary();
}

/// The median of the ratios of both rates, measured in turn.
fn ratio(
    service: SocketAddr,
    bare: SocketAddr,
    (template, connections, requests): (&str, usize, u64),
    rounds: usize,
) -> f64 {
    let time = |address| {
        let loaded = load(address, template, connections, requests);
        rt::System::new().block_on(loaded).0.as_secs_f64()
    };
    let mut ratios: Vec<f64> = (0..rounds).map(|_| time(bare) / time(service)).collect();
    ratios.sort_by(f64::total_cmp);
    ratios[rounds / 2]
}

/// A declaration of the shipped examples.
fn template() -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/ciq/declarations.ndjson");
    let text = std::fs::read_to_string(path).expect("the fixtures are there");
    let first = text.lines().next().expect("there is a declaration");
    assert!(first.contains(ID), "the first declaration is {ID}");
    first.to_owned()
}

/// The service over the shipped policy and registry, in a thread that ends with the process.
fn start_service(folder: &std::path::Path, durability: Durability) -> SocketAddr {
    let fixtures = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/ciq");
    // What is measured is how fast it answers, not whom it would refuse beside such a load.
    let mut settings = Settings::default();
    settings.limits.queue = Duration::from_mins(1);
    let options = ServeOptions {
        listen: SocketAddr::from(([127, 0, 0, 1], 0)),
        workers: 2,
        connections: Connections::default(),
        settings,
        certificates: None,
        logged: Logged::default(),
        reload: Box::new(|| Err("there is no configuration".to_owned())),
        start: StartOptions {
            data: folder.to_owned(),
            begin: Some(Begin {
                policy: PolicySource::from_dirs(&[fixtures.join("policy")]).expect("a policy"),
                registry: Some(
                    RegistrySource::from_dir(&fixtures.join("registry")).expect("a registry"),
                ),
                as_of: AsOf::Declaration,
            }),
            demonstration: None,
            journal: Options {
                durability,
                ..Options::default()
            },
            roll: RollOptions::default(),
            clock: Arc::new(|| Moment::from_micros(clock::now_micros())),
            between: Between::default(),
        },
    };
    let (told, hears) = mpsc::sync_channel(16);
    thread::spawn(move || {
        let served = serve(options, |text| {
            let _ = told.send(text.to_owned());
        });
        served.expect("the service serves");
    });
    let mut address = None;
    loop {
        let text = hears.recv().expect("the service starts");
        if let Some(found) = text.strip_prefix("listening on http://") {
            address = Some(found.parse().expect("an address"));
        }
        if let (true, Some(address)) = (text.starts_with("ready"), address) {
            return address;
        }
    }
}

/// A handler that reads the JSON and answers the same every time.
fn start_bare(answer: Vec<u8>) -> SocketAddr {
    let (told, hears) = mpsc::sync_channel(16);
    thread::spawn(move || {
        let answer = web::Bytes::from(answer);
        rt::System::new().block_on(async move {
            let app = move || {
                let answer = answer.clone();
                let handler = move |body: web::Bytes| {
                    let answer = answer.clone();
                    async move {
                        let read: serde_json::Value =
                            serde_json::from_slice(&body).expect("the client sends JSON");
                        black_box(&read);
                        HttpResponse::Ok()
                            .content_type("application/json")
                            .body(answer)
                    }
                };
                App::new().route("/v1/decisions", web::post().to(handler))
            };
            let server = HttpServer::new(app).workers(2).disable_signals();
            let server = server.bind(("127.0.0.1", 0)).expect("a port");
            told.send(server.addrs()[0]).expect("somebody hears");
            server.run().await.expect("it serves");
        });
    });
    hears.recv().expect("the bare server starts")
}

/// Sends so many requests over so many connections; how long it took, and the last body.
async fn load(
    address: SocketAddr,
    template: &str,
    connections: usize,
    requests: u64,
) -> (Duration, Vec<u8>) {
    let left = Arc::new(AtomicU64::new(requests));
    let mut clients = Vec::new();
    for _ in 0..connections {
        let stream = TcpStream::connect(address).await.expect("it listens");
        stream.set_nodelay(true).expect("a socket");
        clients.push(stream);
    }
    let start = Stopwatch::start();
    let tasks: Vec<_> = clients
        .into_iter()
        .map(|stream| rt::spawn(client(stream, template.to_owned(), Arc::clone(&left))))
        .collect();
    let mut body = Vec::new();
    for task in tasks {
        let last = task.await.expect("a client ends");
        if !last.is_empty() {
            body = last;
        }
    }
    (start.elapsed(), body)
}

async fn client(mut stream: TcpStream, template: String, left: Arc<AtomicU64>) -> Vec<u8> {
    let head = format!(
        "POST /v1/decisions HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        template.len()
    );
    let place = head.len() + template.find(ID).expect("the id is there");
    let mut request = format!("{head}{template}").into_bytes();
    let (mut read, mut body) = (vec![0; 64 << 10], Vec::new());
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
            left.checked_sub(1)
        })
        .is_ok()
    {
        let id = format!("{:018}", NEXT.fetch_add(1, Ordering::Relaxed));
        request[place..place + ID.len()].copy_from_slice(id.as_bytes());
        stream.write_all(&request).await.expect("it takes requests");
        body = good(&mut stream, &mut read).await;
    }
    body
}

/// Reads an answer, which must be a good one: its body.
async fn good(stream: &mut TcpStream, read: &mut [u8]) -> Vec<u8> {
    let (mut answer, mut filled) = (Answer::default(), 0);
    loop {
        let count = stream.read(&mut read[filled..]).await.expect("it answers");
        assert!(count > 0, "the connection was closed");
        filled += count;
        if answer.advance(&read[..filled]) {
            assert!(answer.status == 200 && !answer.closes, "{answer:?}");
            assert_eq!(answer.lines, 1, "one body");
            return answer.first(read).to_vec();
        }
    }
}
