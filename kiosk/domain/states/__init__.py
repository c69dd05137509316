"""The states of a counter. Both windows are projections of one `Counter`; `type(counter.flow)` selects the screen.

A state names a step (`AskingPin`), declares its fixed properties once (`about`) and holds what its screen shows plus the tickets it waits
for, nothing else. A state used in a flow without an `about` fails the type check.
"""

from kiosk.domain.states.about import *
from kiosk.domain.states.asked import *
from kiosk.domain.states.counter import *
from kiosk.domain.states.ended import *
from kiosk.domain.states.fields import *
from kiosk.domain.states.lending import *
from kiosk.domain.states.outliving import *
from kiosk.domain.states.outoforder import *
from kiosk.domain.states.pages import *
from kiosk.domain.states.problem import *
from kiosk.domain.states.proof import *
from kiosk.domain.states.registration import *
from kiosk.domain.states.serving import *
from kiosk.domain.states.unlinking import *
