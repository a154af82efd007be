//! An answer of HTTP, as far as it has come.

use std::ops::Range;

/// An answer while it comes. What has come is kept by whoever reads it.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    /// 0 before the head has come.
    pub(crate) status: u16,
    /// Whether the body was asked for that had been held back.
    pub(crate) continues: bool,
    /// Whether it is the connection's last.
    pub(crate) closes: bool,
    /// Lines of its body; one of a body that tells its length.
    pub(crate) lines: usize,
    /// Where the first of them is.
    first: Range<usize>,
    /// Bytes of its body, where they are told; it comes in chunks else.
    length: Option<usize>,
    /// Where what has not been looked at begins.
    next: usize,
}

impl Answer {
    /// Looks at what has come since, and says whether that is all.
    pub(crate) fn advance(&mut self, read: &[u8]) -> bool {
        while self.status == 0 {
            let rest = &read[self.next..];
            let Some(end) = rest.windows(4).position(|four| four == b"\r\n\r\n") else {
                return false;
            };
            self.head(std::str::from_utf8(&rest[..end]).expect("headers are text"));
            self.next += end + 4;
        }
        match self.length {
            Some(length) => {
                self.first = self.next..self.next + length;
                self.lines = 1;
                read.len() >= self.first.end
            }
            None => self.chunks(read),
        }
    }

    /// The first line of its body.
    pub(crate) fn first<'r>(&self, read: &'r [u8]) -> &'r [u8] {
        &read[self.first.clone()]
    }

    fn head(&mut self, head: &str) {
        let status = head.get("HTTP/1.1 ".len()..).and_then(|rest| rest.get(..3));
        let status = status.and_then(|status| status.parse().ok());
        match status.expect("a status") {
            100 => self.continues = true,
            status => self.status = status,
        }
        for line in head.lines() {
            match line.split_once(": ") {
                Some(("content-length", length)) => self.length = length.parse().ok(),
                Some(("connection", "close")) => self.closes = true,
                _ => {}
            }
        }
    }

    fn chunks(&mut self, read: &[u8]) -> bool {
        while let Some(rest) = read.get(self.next..)
            && let Some(end) = rest.windows(2).position(|two| two == b"\r\n")
        {
            let size = std::str::from_utf8(&rest[..end]).expect("a size");
            let size = usize::from_str_radix(size, 16).expect("a size");
            let (begins, ends) = (self.next + end + 2, self.next + end + 2 + size);
            // What ends the chunk has come, too.
            let Some(chunk) = read.get(begins..ends + 2) else {
                return false;
            };
            if size == 0 {
                return true;
            }
            if self.lines == 0 {
                let line = chunk.iter().position(|byte| *byte == b'\n');
                self.first = begins..begins + line.unwrap_or(size);
            }
            self.lines += chunk[..size].split(|byte| *byte == b'\n').count() - 1;
            self.next = ends + 2;
        }
        false
    }
}
