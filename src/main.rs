//! The greenlane command.
fn main() {
    let dirs: Vec<String> = std::env::args().skip(1).collect();
    let source = greenlane::policy::PolicySource::from_dirs(&dirs).unwrap();
    match greenlane::policy::read(&source) {
        Ok(p) => println!(
            "ok {} {} books {} rules",
            p.version(),
            p.books.len(),
            p.books.iter().map(|b| b.rules.len()).sum::<usize>()
        ),
        Err(e) => println!("{e}"),
    }
}
