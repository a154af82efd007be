//! Fields of a record: integers little-endian, texts and bytes behind their length in four bytes.

/// Writes fields to the end of a buffer.
pub(super) struct Put<'b>(pub(super) &'b mut Vec<u8>);

/// Reads fields from the beginning of a slice; none once it is too short or a field is not what it should be.
pub(super) struct Take<'b>(pub(super) &'b [u8]);

macro_rules! integers {
    ($($name:ident),+) => {
        impl Put<'_> {
            $(pub(super) fn $name(&mut self, value: $name) {
                self.0.extend_from_slice(&value.to_le_bytes());
            })+
        }

        impl Take<'_> {
            $(pub(super) fn $name(&mut self) -> Option<$name> {
                let (first, rest) = self.0.split_first_chunk()?;
                self.0 = rest;
                Some($name::from_le_bytes(*first))
            })+
        }
    };
}
integers!(u8, u16, u32, u64, u128, i32, i64);

impl Put<'_> {
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        self.u32(bytes.len() as u32);
        self.0.extend_from_slice(bytes);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// A text that may be absent; an empty one is told from none.
    pub(super) fn optional(&mut self, text: Option<&str>) {
        match text {
            None => self.u32(u32::MAX),
            Some(text) => self.text(text),
        }
    }

    /// A number that may be absent, in a byte more than it has.
    pub(super) fn maybe_u64(&mut self, value: Option<u64>) {
        self.u8(u8::from(value.is_some()));
        self.u64(value.unwrap_or(0));
    }
}

impl<'b> Take<'b> {
    pub(super) fn bytes(&mut self) -> Option<&'b [u8]> {
        let len = self.u32()? as usize;
        let (bytes, rest) = self.0.split_at_checked(len)?;
        self.0 = rest;
        Some(bytes)
    }

    pub(super) fn text(&mut self) -> Option<&'b str> {
        std::str::from_utf8(self.bytes()?).ok()
    }

    pub(super) fn optional(&mut self) -> Option<Option<&'b str>> {
        let mut ahead = Take(self.0);
        if ahead.u32()? == u32::MAX {
            self.0 = ahead.0;
            return Some(None);
        }
        self.text().map(Some)
    }
}
