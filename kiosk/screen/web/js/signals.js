// The page's own sounds, as notes of [hertz, milliseconds]; 0 hertz is a rest.
// Each has its equivalent for the eye: a screen with a blinking edge for the two
// calls, a sheet for idle, a warning sign for fault.
export const signals = {
	takecard: [[988, 140], [0, 60], [1319, 140], [0, 60], [988, 140], [0, 60], [1319, 260]],
	takepaper: [[784, 180], [988, 180], [1175, 320]],
	idle: [[880, 220], [0, 90], [880, 220]],
	fault: [[392, 220], [0, 60], [330, 380]],
}
