//! Huffman codes of JPEG (ITU-T T.81, annexes C and F), and the bits that they are read from.

use super::blocks::BLOCK;
use crate::units::stored;

/// Bits that are looked up at once; longer codes are rare and searched for by length.
const LOOKUP_BITS: u32 = 11;
const PLACES: usize = 1 << LOOKUP_BITS;
/// Looked up symbols that the 56 bits hold which are there behind [`Bits::refill`].
const SHORT_AT_ONCE: usize = 4;

/// Places that end a block, in a [`Step`]: more than there are coefficients.
pub(super) const END_OF_BLOCK: u8 = 128;
/// Added to the places of a [`Coefficient`] where the end of the block follows among the same bits: more
/// than a symbol stands for.
const LAST: u8 = 64;

/// A table of codes.
#[derive(Clone, Debug)]
pub(super) struct Table {
    /// The symbol and the length of the code that some bits begin with; a length of 0 asks for a search.
    lookup: Box<[(u8, u8); PLACES]>,
    /// The same for the sequential coding of coefficients: the symbols that the bits hold, with their
    /// values.
    steps: Box<[Steps; PLACES]>,
    /// The same, one symbol with its value.
    coefficients: Box<[Coefficient; PLACES]>,
    /// The code that ends a block, flush left, and its length; 0 where it is not looked up.
    end: (u64, u32),
    /// The same for the coding of means: the difference, and the bits of code and value.
    means: Box<[(i16, u8); PLACES]>,
    /// The first code behind those of each length, up to 16 bits, flush left in 16 bits.
    ends: [u32; 17],
    /// What to add to a code of each length to find its symbol.
    offsets: [i32; 17],
    symbols: Vec<u8>,
}

/// One symbol of a block in sequential coding, with the bits of its value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Step {
    /// Coefficients that it stands for; [`END_OF_BLOCK`] where the rest is zero.
    pub(super) places: u8,
    /// Its length, value included.
    pub(super) bits: u8,
}

/// One symbol of a block in sequential coding, with its value.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Coefficient {
    /// The value of the last of its places; those before it are zero.
    pub(super) value: i16,
    /// What it stands for, as in a [`Step`].
    pub(super) step: Step,
}

/// A coefficient of a block, by its place in the order of coding.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Placed {
    pub(super) value: i16,
    pub(super) place: u8,
}

/// The first symbol that some bits hold, and as many as they hold in full up to the end of a block; the
/// first again where they hold none.
type Steps = [Step; 2];

impl Step {
    /// What a symbol with a code of so many bits means (F.1.2.2); `None` for those that mean nothing.
    fn of((symbol, length): (u8, u8)) -> Option<Self> {
        let (run, size) = (symbol >> 4, symbol & 15);
        let places = match (run, size) {
            (0, 0) => END_OF_BLOCK,
            (15, 0) => 16,
            (_, 0) => return None,
            (run, _) => run + 1,
        };
        Some(Self {
            places,
            bits: length + size,
        })
    }
}

impl Table {
    /// Builds a table from the number of codes of each length and the symbols in order (C.2); `None`
    /// if there are more codes than a length has room for.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let mut table = Self {
            lookup: Box::new([(0, 0); PLACES]),
            steps: Box::new([Steps::default(); PLACES]),
            coefficients: Box::new([Coefficient::default(); PLACES]),
            end: (0, 0),
            means: Box::new([(0, 0); PLACES]),
            ends: [0; 17],
            offsets: [0; 17],
            symbols: symbols.to_vec(),
        };
        let (mut code, mut index) = (0_u32, 0_usize);
        for (length, count) in (1_u32..).zip(counts) {
            table.offsets[length as usize] =
                i32::try_from(index).ok()? - i32::try_from(code).ok()?;
            for symbol in symbols.get(index..index + usize::from(*count))? {
                if length <= LOOKUP_BITS {
                    let entry = (*symbol, u8::try_from(length).ok()?);
                    let first = (code << (LOOKUP_BITS - length)) as usize;
                    let places = first..first + (1 << (LOOKUP_BITS - length));
                    table.lookup.get_mut(places)?.fill(entry);
                }
                code += 1;
            }
            if code > 1 << length {
                return None;
            }
            index += usize::from(*count);
            table.ends[length as usize] = code << (16 - length);
            code <<= 1;
        }
        let end = table
            .lookup
            .iter()
            .position(|&found| found == (0, found.1.max(1)));
        table.end = end.map_or((0, 0), |place| {
            let flush_left = (place as u64) << (u64::BITS - LOOKUP_BITS);
            (flush_left, u32::from(table.lookup[place].1))
        });
        for bits in 0..PLACES {
            table.steps[bits] = table.steps_in(bits);
            table.coefficients[bits] = table.coefficient_in(bits).unwrap_or_default();
            table.means[bits] = table.mean_in(bits).unwrap_or_default();
        }
        Some(table)
    }

    /// The symbols that some bits hold in full, values included.
    fn steps_in(&self, bits: usize) -> Steps {
        let step = |used: u8| {
            let entry = self.lookup[bits << used & (PLACES - 1)];
            (entry.1 != 0).then(|| Step::of(entry)).flatten()
        };
        let Some(first) = step(0) else {
            return Steps::default();
        };
        let mut all = first;
        while all.places < END_OF_BLOCK
            && let Some(step) = step(all.bits)
            && u32::from(all.bits + step.bits) <= LOOKUP_BITS
            && (step.places == END_OF_BLOCK || all.places + step.places < END_OF_BLOCK)
        {
            all.bits += step.bits;
            all.places += step.places;
        }
        [first, all]
    }

    /// The symbol that some bits begin with, if they hold its value too; with the end behind a coefficient.
    fn coefficient_in(&self, bits: usize) -> Option<Coefficient> {
        let (symbol, length) = self.lookup[bits];
        let step = Step::of((symbol, length)).filter(|_| length > 0)?;
        let rest = LOOKUP_BITS.checked_sub(u32::from(step.bits))?;
        let size = symbol & 15;
        let value = stored(bits >> rest & ((1 << size) - 1));
        let value = i16::try_from(extended(value, u32::from(size))).ok()?;
        let (next, end) = self.lookup[bits << step.bits & (PLACES - 1)];
        let is_last = size > 0 && (next, end > 0) == (0, true) && u32::from(end) <= rest;
        let step = match is_last {
            true => Step {
                places: step.places + LAST,
                bits: step.bits + end,
            },
            false => step,
        };
        Some(Coefficient { value, step })
    }

    /// The difference of means that some bits hold, and how many of them.
    fn mean_in(&self, bits: usize) -> Option<(i16, u8)> {
        let (size, length) = self.lookup[bits];
        let used = length.checked_add(size)?;
        let rest = LOOKUP_BITS.checked_sub(u32::from(used))?;
        let value = stored(bits >> rest & ((1 << size) - 1));
        let difference = i16::try_from(extended(value, u32::from(size))).ok()?;
        (length > 0).then_some((difference, used))
    }

    /// The next difference of means (F.2.2.1); `None` if the bits begin no code.
    #[inline(always)]
    pub(super) fn difference(&self, bits: &mut Bits<'_>) -> Option<i64> {
        bits.refill();
        let (difference, used) = self.means[bits.peek(LOOKUP_BITS) as usize % PLACES];
        if used > 0 {
            bits.skip(u32::from(used));
            return Some(i64::from(difference));
        }
        let size = u32::from(self.symbol(bits)?);
        (size <= 16).then(|| extended(bits.take(size), size))
    }

    /// The next symbol; `None` if the bits begin no code.
    pub(super) fn symbol(&self, bits: &mut Bits<'_>) -> Option<u8> {
        let found = self.find(bits)?;
        bits.skip(u32::from(found.1));
        Some(found.0)
    }

    /// Passes over the next symbols of a block in sequential coding, of which `left` places are left,
    /// together with their values; and gives their places.
    #[inline(always)]
    pub(super) fn step(&self, bits: &mut Bits<'_>, left: usize) -> Option<usize> {
        bits.refill();
        let steps = self.steps[bits.peek(LOOKUP_BITS) as usize % PLACES];
        // Behind the last place another kind of symbol follows.
        let within = usize::from(steps[1].places % END_OF_BLOCK) < left;
        // Chosen by place, because a branch would be guessed wrong too often.
        let mut step = steps[usize::from(within)];
        if step.bits == 0 {
            (step, *bits) = self.long_step(bits.clone())?;
        }
        bits.skip(u32::from(step.bits));
        Some(usize::from(step.places))
    }

    /// Whether a block in sequential coding ends behind its mean, which was read last: it leaves as many bits
    /// as are looked up. An end that comes next is passed over; one that is not looked up counts as none.
    #[inline(always)]
    pub(super) fn is_end(&self, bits: &mut Bits<'_>) -> bool {
        let Step { places, bits: used } =
            self.coefficients[bits.peek(LOOKUP_BITS) as usize % PLACES].step;
        let is_end = places == END_OF_BLOCK;
        if is_end {
            bits.skip(u32::from(used));
        }
        is_end
    }

    /// Reads the coefficients of a block in sequential coding behind its mean (F.2.2.2), which are given one
    /// by one, some of them zero; `None` if they cannot be a block's.
    #[inline(always)]
    pub(super) fn coefficients(
        &self,
        bits: &mut Bits<'_>,
        mut give: impl FnMut(Placed),
    ) -> Option<()> {
        // A copy of its own, so that it may live in registers.
        let mut own = bits.clone();
        let (mut at, mut count) = (1, 0_usize);
        let is_whole = loop {
            // Bits of as many short symbols are made sure of at once.
            if count.is_multiple_of(SHORT_AT_ONCE) {
                own.refill();
            }
            let mut found = self.coefficients[own.peek(LOOKUP_BITS) as usize % PLACES];
            if found.step.bits == 0 {
                own.refill();
                found = self.long_coefficient(own.buffer).unwrap_or_default();
                if found.step.bits == 0 {
                    break false;
                }
                count = SHORT_AT_ONCE - 1;
            }
            own.skip(u32::from(found.step.bits));
            count += 1;
            let places = found.step.places;
            at += usize::from(places);
            if at > BLOCK {
                if !(LAST..END_OF_BLOCK).contains(&places) {
                    break places == END_OF_BLOCK;
                }
                at -= usize::from(LAST);
                // Behind the last place no end is coded: what looks like one belongs to the next block.
                if at >= BLOCK {
                    own.put_back(self.end);
                }
                if at > BLOCK {
                    break false;
                }
            }
            let [.., place] = (at - 1).to_be_bytes();
            give(Placed {
                value: found.value,
                place,
            });
            if at == BLOCK || places >= LAST {
                break true;
            }
        };
        *bits = own;
        is_whole.then_some(())
    }

    /// A symbol that is not looked up, of whose bits 32 are given: by value, so that those of the caller stay
    /// in registers.
    #[inline(never)]
    fn long_coefficient(&self, buffer: u64) -> Option<Coefficient> {
        let (symbol, length) = self.found(buffer)?;
        let step = Step::of((symbol, length))?;
        let size = u32::from(symbol & 15);
        let value = (buffer << length >> 1) >> (63 - size);
        let value = extended(u32::try_from(value).ok()?, size);
        let value = i16::try_from(value).ok()?;
        Some(Coefficient { value, step })
    }

    #[cold]
    fn long_step<'a>(&self, mut bits: Bits<'a>) -> Option<(Step, Bits<'a>)> {
        Some((Step::of(self.find(&mut bits)?)?, bits))
    }

    /// The symbol that the next bits stand for, and the length of its code.
    fn find(&self, bits: &mut Bits<'_>) -> Option<(u8, u8)> {
        bits.refill();
        self.found(bits.buffer)
    }

    /// The same of bits that are flush left.
    #[inline(always)]
    fn found(&self, buffer: u64) -> Option<(u8, u8)> {
        let found = self.lookup[peeked(buffer, LOOKUP_BITS) as usize % PLACES];
        if found.1 != 0 {
            return Some(found);
        }
        let code = peeked(buffer, 16);
        let length = (LOOKUP_BITS as usize + 1..=16).find(|length| code < self.ends[*length])?;
        let place = i32::try_from(code >> (16 - length)).ok()? + self.offsets[length];
        let symbol = self.symbols.get(usize::try_from(place).ok()?)?;
        Some((*symbol, u8::try_from(length).ok()?))
    }
}

/// The value that so many bits stand for (F.2.2.1, EXTEND).
fn extended(bits: u32, size: u32) -> i64 {
    let value = i64::from(bits);
    if size > 0 && value >> (size - 1) == 0 {
        value - (1 << size) + 1
    } else {
        value
    }
}

/// The first of some bits, at most 16.
#[inline(always)]
fn peeked(buffer: u64, count: u32) -> u32 {
    u32::try_from(buffer >> (64 - count)).expect("few bits are left of the shift")
}

/// Reads bits, the highest of each byte first; zeros follow behind the end.
#[derive(Clone, Debug)]
pub(super) struct Bits<'a> {
    data: &'a [u8],
    /// The byte that is read next.
    at: usize,
    /// Bits read and not used, flush left.
    buffer: u64,
    left: u32,
}

impl<'a> Bits<'a> {
    pub(super) const fn new(data: &'a [u8], at: usize) -> Self {
        Self {
            data,
            at,
            buffer: 0,
            left: 0,
        }
    }

    /// Makes sure of 32 bits.
    #[inline(always)]
    fn refill(&mut self) {
        let word = match self.data.get(self.at..self.at.saturating_add(8)) {
            Some(bytes) => u64::from_be_bytes(bytes.try_into().expect("eight bytes")),
            None => Self::tail(self.data, self.at),
        };
        self.buffer |= word >> self.left;
        let bytes = (63 - self.left) / 8;
        self.at += bytes as usize;
        self.left += 8 * bytes;
    }

    /// The last bytes and the zeros behind them.
    #[cold]
    fn tail(data: &[u8], at: usize) -> u64 {
        let rest = data.get(at..).unwrap_or_default();
        let mut bytes = [0; 8];
        bytes[..rest.len().min(8)].copy_from_slice(&rest[..rest.len().min(8)]);
        u64::from_be_bytes(bytes)
    }

    /// The next bits, at most 16, of which [`Self::refill`] has made sure.
    #[inline(always)]
    fn peek(&self, count: u32) -> u32 {
        peeked(self.buffer, count)
    }

    #[inline(always)]
    fn skip(&mut self, count: u32) {
        self.buffer <<= count;
        self.left -= count;
    }

    /// Puts bits back that were skipped last, flush left, and so many.
    #[inline]
    fn put_back(&mut self, (bits, count): (u64, u32)) {
        self.buffer = bits | self.buffer >> count;
        self.left += count;
    }

    /// The next bits as a number, at most 16.
    pub(super) fn take(&mut self, count: u32) -> u32 {
        if count == 0 {
            return 0;
        }
        self.refill();
        let bits = self.peek(count);
        self.skip(count);
        bits
    }

    /// Whether the byte that the last bits stand in is filled up as encoders do: all ones, as the
    /// standard has it (F.1.2.3), or all zeros.
    pub(super) fn is_closed(&mut self) -> bool {
        let rest = self.position().next_multiple_of(8) - self.position();
        let rest = u32::try_from(rest).expect("fewer than eight bits");
        let bits = self.take(rest);
        bits == 0 || bits == (1 << rest) - 1
    }

    /// How many bits were used, counted from the start of the data.
    pub(super) fn position(&self) -> usize {
        8 * self.at - self.left as usize
    }
}
