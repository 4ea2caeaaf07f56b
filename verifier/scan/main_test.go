package scan

import "context"

// background is for scanners that outlive a test.
var background = context.Background()
