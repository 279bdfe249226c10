package simulation_test
import ("testing";"fmt";"os")
var dbg = map[string]int{}
func TestMain(m *testing.M){ c:=m.Run(); fmt.Println(dbg); os.Exit(c)}
