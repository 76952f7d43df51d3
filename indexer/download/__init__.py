"""Files of models from the Hugging Face hub: fetched with a meter, gone on with after a break, and checked."""
