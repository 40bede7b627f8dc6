//! Messages on a pipe: a length of eight bytes and so many bytes.

use std::io::{Error, ErrorKind, Read, Result, Write};

/// Sends the parts as one message.
pub(super) fn send(to: &mut impl Write, parts: &[&[u8]]) -> Result<()> {
    let length: u64 = parts.iter().map(|part| part.len() as u64).sum();
    to.write_all(&length.to_le_bytes())?;
    for part in parts {
        to.write_all(part)?;
    }
    to.flush()
}

/// The next message, of at most so many bytes; `None` at the end of the stream.
pub(super) fn receive(from: &mut impl Read, most: u64) -> Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    match from.read(&mut length)? {
        0 => return Ok(None),
        read => from.read_exact(&mut length[read..])?,
    }
    let length = u64::from_le_bytes(length);
    if length > most {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    let room = usize::try_from(length).map_err(Error::other)?;
    bytes.try_reserve_exact(room).map_err(Error::other)?;
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() < room {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    Ok(Some(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_come_out_as_they_went_in() {
        let mut pipe = Vec::new();
        send(&mut pipe, &[b"ab", b"", b"c"]).unwrap();
        send(&mut pipe, &[]).unwrap();
        let mut pipe = &pipe[..];
        assert_eq!(receive(&mut pipe, 3).unwrap().unwrap(), b"abc");
        assert_eq!(receive(&mut pipe, 3).unwrap().unwrap(), b"");
        assert_eq!(receive(&mut pipe, 3).unwrap(), None);
    }

    #[test]
    fn a_length_that_lies_is_refused_before_room_is_made() {
        let cut = [5, 0, 0, 0, 0, 0, 0, 0, b'a'];
        assert!(receive(&mut &cut[..], 10).is_err());
        assert!(receive(&mut &[0xFF; 8][..], 10).is_err());
        assert!(receive(&mut &[0xFF; 8][..], u64::MAX).is_err());
        assert!(receive(&mut &cut[..4], 10).is_err());
    }
}
