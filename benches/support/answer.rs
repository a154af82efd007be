//! An answer of HTTP, as far as it has come.

/// Its head and its body; none where it has not come whole.
pub(crate) fn answer(read: &[u8]) -> Option<(&str, &[u8])> {
    let end = read.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&read[..end]).expect("headers are text");
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let length: usize = length
        .and_then(|length| length.parse().ok())
        .expect("a length");
    let body = read.get(end + 4..end + 4 + length)?;
    Some((head, body))
}
