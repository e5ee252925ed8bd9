//! Protobuf's wire format: fields of one message, strictly.

/// One field's value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Fixed32(u32),
    Bytes(&'a [u8]),
}

impl<'a> Value<'a> {
    /// What it is, for messages: content is no part of a message.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Varint(_) => "a varint",
            Self::Fixed64(_) => "a 64-bit field",
            Self::Fixed32(_) => "a 32-bit field",
            Self::Bytes(_) => "bytes",
        }
    }

    /// The bytes of a text, a message or a packed list.
    pub(super) fn bytes(self) -> Result<&'a [u8], String> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            other => Err(format!("expected bytes, found {}", other.name())),
        }
    }

    /// UTF-8 text.
    pub(super) fn text(self) -> Result<&'a str, String> {
        std::str::from_utf8(self.bytes()?).map_err(|e| format!("a text is not UTF-8: {e}"))
    }

    /// An integer of any encoding.
    pub(super) fn int(self) -> Result<u64, String> {
        match self {
            Self::Varint(n) | Self::Fixed64(n) => Ok(n),
            Self::Fixed32(n) => Ok(u64::from(n)),
            Self::Bytes(_) => Err("expected a number, found bytes".to_owned()),
        }
    }

    /// A 64-bit floating point number.
    pub(super) fn double(self) -> Result<f64, String> {
        match self {
            Self::Fixed64(bits) => Ok(f64::from_bits(bits)),
            other => Err(format!("expected a double, found {}", other.name())),
        }
    }
}

/// Reads the fields of a message one after the other.
pub(super) struct Fields<'a> {
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    pub(super) const fn new(message: &'a [u8]) -> Self {
        Self { rest: message }
    }

    /// Number and value of the next field; `None` at the end of the message.
    pub(super) fn next(&mut self) -> Result<Option<(u32, Value<'a>)>, String> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let tag = self.varint()?;
        let number = u32::try_from(tag >> 3).map_err(|_| "a field number is out of range".to_owned())?;
        if number == 0 {
            return Err("field number 0".to_owned());
        }
        let value = match tag & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(self.array()?)),
            2 => {
                let len = self.varint()?;
                let len = usize::try_from(len).map_err(|_| "a length is out of range".to_owned())?;
                Value::Bytes(self.take(len)?)
            },
            5 => Value::Fixed32(u32::from_le_bytes(self.array()?)),
            other => return Err(format!("wire type {other} of field {number}")),
        };
        Ok(Some((number, value)))
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut value = 0_u64;
        for i in 0..10 {
            let [byte] = self.array()?;
            value |= u64::from(byte & 0x7f) << (7 * i);
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number of more than ten bytes".to_owned())
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], String> {
        let taken = self
            .rest
            .get(..len)
            .ok_or_else(|| format!("a field of {len} bytes, where {} are left", self.rest.len()))?;
        self.rest = self.rest.get(len..).unwrap_or(&[]);
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], String> {
        let bytes = self.take(N)?;
        <[u8; N]>::try_from(bytes).map_err(|e| e.to_string())
    }
}

/// Numbers of a repeated field: packed 64-bit ones, or a single one.
pub(super) fn fixed64s(value: Value<'_>) -> Result<Vec<u64>, String> {
    match value {
        Value::Bytes(bytes) if bytes.len() % 8 == 0 => {
            let number = |chunk: &[u8]| <[u8; 8]>::try_from(chunk).map(u64::from_le_bytes).unwrap_or(0);
            Ok(bytes.chunks_exact(8).map(number).collect())
        },
        Value::Bytes(bytes) => Err(format!("a packed list of {} bytes is no multiple of 8", bytes.len())),
        other => Ok(vec![other.int()?]),
    }
}

/// Numbers of a repeated field: packed varints, or a single one.
pub(super) fn varints(value: Value<'_>) -> Result<Vec<u64>, String> {
    let Value::Bytes(bytes) = value else { return Ok(vec![value.int()?]) };
    let mut fields = Fields::new(bytes);
    let mut numbers = Vec::new();
    while !fields.rest.is_empty() {
        numbers.push(fields.varint()?);
    }
    Ok(numbers)
}
