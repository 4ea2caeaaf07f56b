package printer

// Faults is a set of faults.
type Faults uint32

// FaultsOf makes a set; NoFault adds nothing.
func FaultsOf(all ...Fault) Faults {
	var s Faults
	for _, f := range all {
		if f != NoFault {
			s |= 1 << f
		}
	}
	return s
}

// List gives the faults of the set that this release knows, ascending.
func (s Faults) List() []Fault {
	var all []Fault
	for f := NoFault + 1; int(f) < len(faults); f++ {
		if s&(1<<f) != 0 {
			all = append(all, f)
		}
	}
	return all
}

// grave orders faults, the one that a person must see to first in front: a
// jam leaves paper inside, an open cover hides the rest.
var grave = []Fault{
	PaperJam, CoverOpen, PaperOut, TonerOut, OutputFull, Unreachable, Untrusted, Malformed, Unsuited, StorageFull, Paused, Busy, OtherFault, TonerLow,
}

// Worst gives the gravest fault of the set; OtherFault when none of them is one
// that a device says of itself.
func (s Faults) Worst() Fault {
	for _, f := range grave {
		if s&(1<<f) != 0 {
			return f
		}
	}
	if s != 0 {
		return OtherFault
	}
	return NoFault
}
